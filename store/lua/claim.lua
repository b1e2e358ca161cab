-- The edge takes the reply for its passive answer, or says that it is late.
-- KEYS 1 turn  2 due    ARGV 1 message key  2 now ms  3 ms to confirm  4 when the deadline has come: 'send' or 'hold' the reply that comes too late; else ''
-- returns {state, reply}: 'reply' (take it), 'pending', 'silent', 'late' (the sender has it, or it waits for the user's next message), 'unknown'
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return {'unknown', ''} end
if state == 'pending' then
  if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'late', ARGV[4]) end
  return {'pending', ''}
end
if state == 'silent' then return {'silent', ''} end
if state == 'ready' or state == 'claimed' or state == 'delivered' then
  redis.call('HSET', KEYS[1], 'state', 'claimed')
  redis.call('PERSIST', KEYS[1])
  redis.call('ZADD', KEYS[2], ARGV[2] + ARGV[3], ARGV[1])
  return {'reply', redis.call('HGET', KEYS[1], 'reply')}
end
return {'late', ''}
