-- Tell the workers which release is in force. Never goes back to an older one.
-- KEYS 1 rule    ARGV 1 epoch  2 released  3 canary  4 share    returns 1, or 0 when a newer one is in force
if tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0') > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'released', ARGV[2], 'canary', ARGV[3], 'share', ARGV[4])
return 1
