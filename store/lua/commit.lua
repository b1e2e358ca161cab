-- Commit a turn: everything or nothing, on three conditions.
-- KEYS 1 lease 2 inbox 3 user 4 tracker 5 turn 6 due 7 events 8 vault 9 attempts 10 held 11 deferred 12 dead 13 replies 14… turns of the held replies that it carries
-- ARGV 1 JSON: worker, entry, key, openid, base, now, due, reply, silent, keep, held[], patience (seconds a held reply waits),
--      header, trim, tracker[], vault{}, events[], deferred[], dead, waits (event of a reply that is held)
-- returns 1, 2 when the reply waits for the user's next message, or -1 lease lost, -2 the tracker has another length, -3 the inbox entry is gone
local c = cjson.decode(ARGV[1])
if c.checks and redis.call('GET', KEYS[1]) ~= c.worker then return -1 end
if c.checks and (redis.call('HGET', KEYS[3], 'len') or '0') ~= tostring(c.base) then return -2 end
if redis.call('XDEL', KEYS[2], c.entry) == 0 and c.checks then return -3 end
redis.call('HDEL', KEYS[9], c.entry)
if #c.tracker > 0 then
  redis.call('RPUSH', KEYS[4], unpack(c.tracker))
  redis.call('HINCRBY', KEYS[3], 'len', #c.tracker)
end
if c.trim > 0 then
  redis.call('LTRIM', KEYS[4], c.trim, -1)
  redis.call('HINCRBY', KEYS[3], 'offset', c.trim)
  redis.call('HSET', KEYS[3], 'header', c.header)
end
for ref, value in pairs(c.vault) do redis.call('HSET', KEYS[8], ref, value) end
for number, key in ipairs(c.held) do
  redis.call('LREM', KEYS[10], 0, key)
  if redis.call('EXPIRE', KEYS[13 + number], c.keep) == 1 then redis.call('HSET', KEYS[13 + number], 'state', 'sent') end
end
for _, event in ipairs(c.events) do redis.call('XADD', KEYS[7], '*', 'e', event) end
for _, call in ipairs(c.deferred) do redis.call('XADD', KEYS[11], '*', 'c', call) end
if c.dead ~= '' then redis.call('XADD', KEYS[12], '*', 'd', c.dead) end
local edges = redis.call('HGET', KEYS[5], 'edges') or ''
local late = redis.call('HGET', KEYS[5], 'late')
if c.silent then
  redis.call('HSET', KEYS[5], 'state', 'silent')
  redis.call('EXPIRE', KEYS[5], c.keep)
else
  redis.call('HSET', KEYS[5], 'state', late == 'hold' and 'held' or 'ready', 'reply', c.reply, 'openid', c.openid, 'committed', c.now)
  redis.call('PERSIST', KEYS[5])
  redis.call('RPUSH', KEYS[13], c.key)
  redis.call('LTRIM', KEYS[13], -200, -1)
  redis.call('EXPIRE', KEYS[13], 90000)
  if late == 'hold' then
    redis.call('RPUSH', KEYS[10], c.key)
    redis.call('EXPIRE', KEYS[10], c.patience)
    redis.call('EXPIRE', KEYS[5], c.patience)
    redis.call('XADD', KEYS[7], '*', 'e', c.waits)
  else
    redis.call('ZADD', KEYS[6], late and c.now or c.due, c.key)
  end
end
for edge in string.gmatch(edges, '[^,]+') do redis.call('PUBLISH', 'wj:edge:' .. edge, c.key) end
return (late == 'hold' and not c.silent) and 2 or 1
