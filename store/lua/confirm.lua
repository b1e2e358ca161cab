-- The passive answer was written to the socket: the sender need not deliver it.
-- KEYS 1 turn  2 due  3 events    ARGV 1 message key  2 event JSON  3 seconds to keep the reply for repeats
-- returns 1, or 0 when the sender has taken it over meanwhile
if redis.call('HGET', KEYS[1], 'state') ~= 'claimed' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'delivered')
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('XADD', KEYS[3], '*', 'e', ARGV[2])
return 1
