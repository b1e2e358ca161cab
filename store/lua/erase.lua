-- The user is gone: forget everything kept of him, once for each push, and tell the projector.
-- KEYS 1 turn (of the push)  2 events  3… what is kept of him, then the turns of held replies
-- ARGV 1 event JSON  2 seconds to remember the pushes  3 number of the first turn among the keys
-- returns 1, or 0 for a repeat
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
for number = 3, #KEYS do redis.call('DEL', KEYS[number]) end
-- A push whose turn was forgotten could be sent again by whoever captured it, so its key stays, empty.
for number = tonumber(ARGV[3]), #KEYS do
  redis.call('HSET', KEYS[number], 'state', 'silent')
  redis.call('EXPIRE', KEYS[number], ARGV[2])
end
redis.call('HSET', KEYS[1], 'state', 'silent')
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('XADD', KEYS[2], '*', 'e', ARGV[1])
return 1
