-- Show a reply to a visitor of the web chat: append it to the log and end its turn, whoever is first, once for each message key.
-- KEYS 1 turn  2 due  3 log  4 open  5 left  6 events    ARGV 1 message key  2 edge id  3 sealed entry  4 event JSON  5 seconds to keep the turn
--      6 seconds to keep the log  7 entries to keep
-- returns 1 when it was shown now, else 0
redis.call('LREM', KEYS[4], 1, ARGV[1])
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'ready' and state ~= 'claimed' and state ~= 'sending' then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[1], 'state', 'sent')
redis.call('EXPIRE', KEYS[1], ARGV[5])
if redis.call('EXISTS', KEYS[5]) == 1 then return 0 end
local who = redis.call('HGET', KEYS[1], 'kind') or 'bot'
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[7], '*', 'i', ARGV[1], 'w', who, 'e', ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[6])
redis.call('XADD', KEYS[6], '*', 'e', ARGV[4])
redis.call('PUBLISH', 'wj:edge:' .. ARGV[2], '')
return 1
