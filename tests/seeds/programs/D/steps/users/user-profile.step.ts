import { ApiRouteConfig, Handlers } from 'motia'
import { Profile, Visibility } from '../../types/resource'

export const config: ApiRouteConfig = { type: 'api', name: 'SaveProfile', method: 'PUT', path: '/users/:id/profile', emits: [] }

export const handler: Handlers['SaveProfile'] = async (req, { state }) => {
  const id: string = req.pathParams.id
  const profile: Profile = { name: req.body.name, visibility: Visibility.Public }
  await state.set('users', `user:${id}:profile`, profile)
  return { status: 200, body: await state.get('users', `user:${id}:profile`) }
}
