def config
  { type: "api", name: "chunks", method: "POST", path: "/chunks" }
end

def handler(_req, _context)
  { status: 200, headers: { "content-type" => "text/plain" }, body: %w[one two three].each }
end
