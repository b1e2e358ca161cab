-- Take a free lease, where the partition's rule allows the owner's model.
-- KEYS 1 lease  2 rule of the partition    ARGV 1 owner  2 ms  3 model    returns 1 or 0
local model = redis.call('HGET', KEYS[2], 'model')
if model and model ~= ARGV[3] then return 0 end
return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0
