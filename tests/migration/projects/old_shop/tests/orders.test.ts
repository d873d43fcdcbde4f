import { createMotiaTester } from '@motiadev/test'

describe('orders', () => {
  const server = createMotiaTester()
  it('lists products', async () => {
    expect((await server.get('/products', {})).status).toBe(200)
  })
})
