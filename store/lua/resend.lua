-- An operator has a reply that was given up sent again: once, however often it is asked.
-- KEYS 1 turn  2 due  3 dead  4 events    ARGV 1 message key  2 entry of the dead letter  3 now ms  4 event JSON
-- returns 1, or 0 when there is nothing to send again
if redis.call('XDEL', KEYS[3], ARGV[2]) == 0 then return 0 end
if redis.call('HGET', KEYS[1], 'state') ~= 'dead' then return 0 end
redis.call('HDEL', KEYS[1], 'failures', 'limit', 'calling')
redis.call('HSET', KEYS[1], 'state', 'ready')
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('XADD', KEYS[4], '*', 'e', ARGV[4])
return 1
