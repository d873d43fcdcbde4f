export const config: StreamConfig = {
  name: 'resource-updates',
  schema: resourceUpdateSchema,
  baseConfig: { storageType: 'default', ttl: 3600 }
}

// Supplied below the printed lines.
var resourceUpdateSchema = { type: 'object', properties: { status: { type: 'string' } } }
