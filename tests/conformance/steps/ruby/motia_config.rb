def config
  { port: 4000, stream_auth: { authenticate: method(:authenticate) } }
end

def authenticate(request)
  { user: request.query.user || raise("who are you?") }
end
