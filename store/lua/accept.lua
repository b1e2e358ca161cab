-- Accept a push: remember the message and queue it, or join the turn that a repeat belongs to.
-- KEYS 1 turn  2 inbox  3 held  4 quota  5 media    ARGV 1 edge id  2 message JSON  3 now ms  4 seconds to remember an unanswered message
--      5 contact ('message', 'tap' or '')  6 end of its window (ms)  7 messages that it allows (see store/ledger.py)
--      8 note for the evidence keeper, or ''
-- returns {1, inbox id, 1} when new, {0, state, requests so far} for a repeat
local state = redis.call('HGET', KEYS[1], 'state')
if state then
  local pushes = redis.call('HINCRBY', KEYS[1], 'pushes', 1)
  local edges = redis.call('HGET', KEYS[1], 'edges') or ''
  if not string.find(',' .. edges .. ',', ',' .. ARGV[1] .. ',', 1, true) then
    redis.call('HSET', KEYS[1], 'edges', edges .. ',' .. ARGV[1])
  end
  return {0, state, pushes}
end
redis.call('HSET', KEYS[1], 'state', 'pending', 'edges', ARGV[1], 'pushes', 1, 'accepted', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
if ARGV[5] and ARGV[5] ~= '' then
  redis.call('HSET', KEYS[4], ARGV[5] .. '_until', ARGV[6], ARGV[5] .. '_left', ARGV[7])
  redis.call('EXPIRE', KEYS[4], 172800)
end
if ARGV[8] and ARGV[8] ~= '' then redis.call('XADD', KEYS[5], '*', 'm', ARGV[8]) end
return {1, redis.call('XADD', KEYS[2], '*', 'm', ARGV[2], 'h', redis.call('LLEN', KEYS[3])), 1}
