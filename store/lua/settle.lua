-- The sender is done with a reply: sent, held until the user writes, dead, or to be tried again.
-- KEYS 1 turn  2 due  3 held  4 events  5 dead  6 front    ARGV 1 message key  2 outcome  3 next try ms (for 'retry')  4 event JSON  5 seconds to keep
--      6 what is left of the reply, JSON, or '' for all of it  7 seconds that a held reply or a dead letter waits
--      8 dead letter JSON  9 dead letters before this time (ms) are forgotten
-- returns 1, or 0 when the reply is not the sender's
if redis.call('HGET', KEYS[1], 'state') ~= 'sending' then return 0 end
if ARGV[2] == 'retry' then
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
  return 1
end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[6], redis.call('HGET', KEYS[1], 'openid'))
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[1], 'reply', ARGV[6])
  redis.call('HDEL', KEYS[1], 'parts', 'rest', 'limit', 'calling')
end
if ARGV[2] == 'held' then
  redis.call('RPUSH', KEYS[3], ARGV[1])
  redis.call('EXPIRE', KEYS[3], ARGV[7])
  redis.call('EXPIRE', KEYS[1], ARGV[7])
end
if ARGV[2] == 'sent' then redis.call('EXPIRE', KEYS[1], ARGV[5]) end
if ARGV[2] == 'dead' then
  redis.call('EXPIRE', KEYS[1], ARGV[7])
  redis.call('XADD', KEYS[5], 'MINID', '~', math.max(0, tonumber(ARGV[9])), '*', 'd', ARGV[8])
end
redis.call('XADD', KEYS[4], '*', 'e', ARGV[4])
return 1
