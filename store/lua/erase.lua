-- The user is gone: forget everything kept of him in one step, once for each push; tell the projector, his worker and the courier.
-- KEYS 1 turn (of the push)  2 events  3 inbox  4 dead  5 bad events  6 attempts  7 due  8 front  9 deferred  10 replies  11 held  12… what else is kept of him
-- ARGV 1 event JSON  2 seconds to remember the pushes  3 openid  4 how a turn's key begins (same partition)  5 message JSON for his worker
--      6 JSON: inbox entry of an emergency -> event that gives its words to staff  7 the openid as JSON writes it
-- returns 1, or 0 for a repeat
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local turns, emergencies = {}, cjson.decode(ARGV[6])
local function his(text)
  if not string.find(text, ARGV[7], 1, true) then return false end
  local fine, value = pcall(cjson.decode, text)
  return fine and type(value) == 'table' and value.openid == ARGV[3] and value
end
for _, list in ipairs({KEYS[10], KEYS[11]}) do
  for _, key in ipairs(redis.call('LRANGE', list, 0, -1)) do turns[key] = true end
end
for _, key in ipairs(redis.call('ZRANGE', KEYS[7], 0, -1)) do
  if redis.call('HGET', ARGV[4] .. key, 'openid') == ARGV[3] then turns[key] = true end
end
for _, stream in ipairs({KEYS[3], KEYS[4], KEYS[5]}) do
  for _, entry in ipairs(redis.call('XRANGE', stream, '-', '+')) do
    local found, event = his(entry[2][2]), emergencies[entry[1]]
    if found and (event or not found.emergency) then -- an emergency that came in between is left to the bot
      redis.call('XDEL', stream, entry[1])
      redis.call('HDEL', KEYS[6], entry[1])
      if event then redis.call('XADD', KEYS[2], '*', 'e', event) end
      if found.key then turns[found.key] = true end
    end
  end
end
for number = 10, #KEYS do redis.call('DEL', KEYS[number]) end
redis.call('HDEL', KEYS[8], ARGV[3])
turns[string.sub(KEYS[1], #ARGV[4] + 1)] = true
for key in pairs(turns) do -- a push whose turn was forgotten could be sent again by whoever captured it, so its key stays, empty
  redis.call('ZREM', KEYS[7], key)
  redis.call('DEL', ARGV[4] .. key)
  redis.call('HSET', ARGV[4] .. key, 'state', 'silent')
  redis.call('EXPIRE', ARGV[4] .. key, ARGV[2])
end
redis.call('XADD', KEYS[2], '*', 'e', ARGV[1])
redis.call('XADD', KEYS[3], '*', 'm', ARGV[5], 'h', 0)
redis.call('XADD', KEYS[9], '*', 'gone', ARGV[3])
return 1
