-- The user took an authorisation back: tell the projector, once for each push.
-- KEYS 1 turn (of the push)  2 events    ARGV 1 event JSON  2 seconds to remember the push
-- returns 1, or 0 for a repeat
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'state', 'silent')
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('XADD', KEYS[2], '*', 'e', ARGV[1])
return 1
