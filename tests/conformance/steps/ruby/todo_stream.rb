def config
  {
    name: "todo",
    schema: { type: "object" },
    base_config: { storage_type: "default" },
    can_access: ->(_subscription, auth) { auth && auth.user == "ann" }
  }
end
