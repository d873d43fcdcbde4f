/** Arranges graphs beside the page, so that it stays quick while a large one is worked out. */
import { arrange, type Joint, type Piece } from './arrange'

self.onmessage = (event: MessageEvent<{ ask: number; pieces: Piece[]; joints: Joint[] }>) => {
  const { ask, pieces, joints } = event.data
  self.postMessage({ ask, spots: arrange(pieces, joints) })
}
