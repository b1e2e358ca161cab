-- Put a message of our own (notice, result of a kept filing, staff answer) into the outbox, once, and take a kept call off its list.
-- KEYS 1 turn  2 due  3 events  4 deferred  5 replies    ARGV 1 message key  2 openid  3 reply JSON  4 due ms  5 event JSON  6 deferred entry or ''
-- returns 1, or 0 when it was posted before
if ARGV[6] ~= '' then redis.call('XDEL', KEYS[4], ARGV[6]) end
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'state', 'ready', 'reply', ARGV[3], 'openid', ARGV[2], 'kind', cjson.decode(ARGV[5]).kind)
redis.call('RPUSH', KEYS[5], ARGV[1])
redis.call('LTRIM', KEYS[5], -200, -1)
redis.call('EXPIRE', KEYS[5], 90000)
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
redis.call('XADD', KEYS[3], '*', 'e', ARGV[5])
return 1
