def config
  { type: "api", name: "image", method: "POST", path: "/image" }
end

def handler(_req, _context)
  { status: 201, headers: { "content-type" => "image/png", "set-cookie" => ["a=1", "b=2"] }, body: "\x89PNG".b }
end
