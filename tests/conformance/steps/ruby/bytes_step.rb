def config
  { type: "event", name: "bytes", subscribes: ["t.bytes"] }
end

def handler(input, _context)
  { size: input.blob.bytesize, blob: input.blob }
end
