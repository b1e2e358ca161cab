-- The quota ledger of one user. A window is two fields, `<contact>_until` (ms) and `<contact>_left`.
-- KEYS 1 quota    ARGV 1 'note' 2 contact 3 until 4 count | 'take' 2 now | 'empty'
-- 'take' returns what is left after this message, -1 when nothing may go, 'unknown' when no contact was noted
if ARGV[1] == 'note' then
  redis.call('HSET', KEYS[1], ARGV[2] .. '_until', ARGV[3], ARGV[2] .. '_left', ARGV[4])
  return redis.call('EXPIRE', KEYS[1], 172800)
end
if redis.call('EXISTS', KEYS[1]) == 0 then return ARGV[1] == 'take' and 'unknown' or 0 end
local left = -1
for _, contact in ipairs({'message', 'tap'}) do
  local have = tonumber(redis.call('HGET', KEYS[1], contact .. '_left') or '0')
  if ARGV[1] == 'empty' then
    redis.call('HSET', KEYS[1], contact .. '_left', 0)
  elseif have > 0 and tonumber(redis.call('HGET', KEYS[1], contact .. '_until')) > tonumber(ARGV[2]) then
    redis.call('HINCRBY', KEYS[1], contact .. '_left', -1)
    left = math.max(left, have - 1)
  end
end
return left
