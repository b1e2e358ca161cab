-- The pace of an account's calls: a token bucket as one number, the time (ms) at which it would be full again (GCRA).
-- KEYS 1 pace    ARGV 1 'take' | 'spare' | 'pause'  2 ms for a call  3 ms that a full bucket holds  4 longest wait ms, or length of the pause ms
-- 'take' returns the ms to wait before the call, which is then reserved, or -ms when that would be longer than allowed (nothing is reserved);
-- 'spare' returns 0, or -1 when less than half of the bucket is left; 'pause' empties the bucket for so long
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local call, holds, ms = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if ARGV[1] == 'pause' then
  full = math.max(full, now + holds + ms)
else
  if ARGV[1] == 'spare' and full - now > holds / 2 then return -1 end
  full = full + call
end
local wait = math.max(0, math.ceil(full - call - holds - now))
if ARGV[1] == 'take' and wait > ms then return -wait end
redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil(full - now) + 1)
return wait
