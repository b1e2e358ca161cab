-- Count a try of an inbox entry, if the partition is still ours: a worker that wakes up after its lease has run out counts nothing.
-- KEYS 1 lease  2 attempts    ARGV 1 owner  2 inbox entry
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
