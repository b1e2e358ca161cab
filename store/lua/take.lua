-- The sender takes one due reply; it is due again after `visible` ms should the sender die.
-- KEYS 1 turn  2 due  3 front    ARGV 1 message key  2 now ms  3 visible ms
-- returns {openid, reply, attempts} or {} when there is nothing to send
local score = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not score or tonumber(score) > tonumber(ARGV[2]) then return {} end
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'ready' and state ~= 'claimed' and state ~= 'sending' then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return {}
end
-- The order of a user's replies: one that is on its way, or waits to be tried again, comes before those that are younger.
local openid = redis.call('HGET', KEYS[1], 'openid')
local front = redis.call('HGET', KEYS[3], openid)
local before = front and front ~= ARGV[1] and redis.call('ZSCORE', KEYS[2], front)
if before then
  redis.call('ZADD', KEYS[2], math.max(tonumber(before), tonumber(ARGV[2])) + 1, ARGV[1])
  return {}
end
redis.call('HSET', KEYS[3], openid, ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[2] + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[1], 'state', 'sending')
local attempts = redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return {openid, redis.call('HGET', KEYS[1], 'reply'), tostring(attempts)}
