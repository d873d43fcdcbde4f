def config
  { type: "api", name: "middled", method: "POST", path: "/middled", middleware: [:stamp] }
end

def stamp(_req, _context, next_fn)
  response = next_fn.call
  response.headers = { **response.headers.to_h, "x-mid" => "yes" }
  response
rescue Motia::ValidationError => error
  { status: 422, body: { issues: error.issues.size } }
end

def handler(_req, _context)
  { status: 200, body: { ok: true } }
end
