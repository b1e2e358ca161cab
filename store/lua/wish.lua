-- Ask for a release: which model is released, which is the canary, and how many partitions that has.
-- KEYS 1 release    ARGV 1 epoch that must still stand, or ''  2 released  3 canary  4 share
-- returns the new epoch, or 0 when another release was asked for meanwhile
local epoch = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0')
if ARGV[1] ~= '' and tonumber(ARGV[1]) ~= epoch then return 0 end
redis.call('HSET', KEYS[1], 'epoch', epoch + 1, 'released', ARGV[2], 'canary', ARGV[3], 'share', ARGV[4])
return epoch + 1
