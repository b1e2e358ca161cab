-- A visitor of the web chat says something: show it in the log and queue it for the bot, once for each message key.
-- KEYS 1 said  2 left  3 turn  4 inbox  5 log  6 open    ARGV 1 edge id  2 message JSON  3 now ms  4 seconds to remember an unanswered message
--      5 seconds to keep the log and what was said  6 entries to keep  7 message key, or '' when no reply will be shown  8… id, who, sealed entry: what the log shows
-- returns 'new', 'repeat', or 'left' when the visitor has ended the talk
if redis.call('EXISTS', KEYS[2]) == 1 then return 'left' end
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[5]) then return 'repeat' end
redis.call('HSET', KEYS[3], 'state', 'pending', 'edges', ARGV[1], 'pushes', 1, 'accepted', ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[4])
for at = 8, #ARGV, 3 do
  redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[6], '*', 'i', ARGV[at], 'w', ARGV[at + 1], 'e', ARGV[at + 2])
end
redis.call('EXPIRE', KEYS[5], ARGV[5])
if ARGV[7] ~= '' then
  redis.call('RPUSH', KEYS[6], ARGV[7])
  redis.call('EXPIRE', KEYS[6], ARGV[5])
end
redis.call('XADD', KEYS[4], '*', 'm', ARGV[2], 'h', 0)
redis.call('PUBLISH', 'wj:edge:' .. ARGV[1], '')
return 'new'
