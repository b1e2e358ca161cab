-- Prolong or free a lease that is still ours.
-- KEYS 1 lease    ARGV 1 owner  2 ms, or 0 to free it
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(ARGV[2]) > 0 then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('DEL', KEYS[1])
