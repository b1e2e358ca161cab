-- The user is gone: forget everything kept of him, once for each push, and tell the projector.
-- KEYS 1 turn (of the push)  2 user  3 tracker  4 held  5 vault  6 quota  7 events  8… turns of held replies    ARGV 1 event JSON  2 seconds to remember the pushes
-- returns 1, or 0 for a repeat
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
for number = 8, #KEYS do
  redis.call('DEL', KEYS[number])
  redis.call('HSET', KEYS[number], 'state', 'silent')
  redis.call('EXPIRE', KEYS[number], ARGV[2])
end
redis.call('HSET', KEYS[1], 'state', 'silent')
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('XADD', KEYS[7], '*', 'e', ARGV[1])
return 1
