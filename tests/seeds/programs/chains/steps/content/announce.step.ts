import type { EventConfig, Handlers } from '@motia/core'

export const config: EventConfig = {
  type: 'event',
  name: 'AnnounceContent',
  subscribes: ['content.rendered'],
  emits: [],
  flows: ['content'],
}

export const handler: Handlers['AnnounceContent'] = async ({ id }, { state }) => {
  const { html } = await state.get<{ html: string }>('pages', id)
  const { words } = await state.get<{ words: number }>('analyses', id)
  await state.set('announcements', id, { html, words })
}
