import type { MotiaPlugin, MotiaPluginContext } from '@motiadev/core'

/** A plugin of our own: a tab in the old workbench and a route beside the steps. */
export default function brandPlugin(folder: string, panel: unknown) {
  return (motia: MotiaPluginContext): MotiaPlugin => {
    motia.registerApi({ method: 'GET', path: '/__motia/brand' }, async () => ({ status: 200, body: { folder, panel } }))
    return { workbench: [{ packageName: '~/plugins/brand', label: 'Brand', position: 'bottom' }] }
  }
}
