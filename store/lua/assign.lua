-- Give a partition to a model, once for each epoch. From then on only a worker of this model takes or holds its lease (an owner ends in |<model>).
-- KEYS 1 rule of the partition  2 lease  3 events    ARGV 1 epoch  2 model  3 'force': a lease of another model ends now, and its turn under way with it
-- returns 1, or 0 while a worker of another model holds the lease
if tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0') >= tonumber(ARGV[1]) then return 1 end
local holder, name = redis.call('GET', KEYS[2]), '|' .. ARGV[2]
if holder and string.sub(holder, -#name) ~= name then
  if ARGV[3] == '' then return 0 end
  redis.call('DEL', KEYS[2])
end
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'model', ARGV[2], 'since', last[1] and last[1][1] or '0-0')
return 1
