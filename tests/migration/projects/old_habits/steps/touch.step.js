export const config = { type: 'api', name: 'Touch', method: 'POST', path: '/touch', emits: ['touched'] }

export const handler = async (req, { state }) => {
  await state.set('touched', 'last', req.body)
}
