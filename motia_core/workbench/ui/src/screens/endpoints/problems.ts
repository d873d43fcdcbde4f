/** What is wrong with the files of endpoints, with the line of source it is about. Asked for anew when something changes. */
import { useEffect } from 'react'
import { type Endpoint, type Overview, type Problem, useItem, useList } from '../../data'

export function useProblems(): readonly Problem[] {
  const { item } = useItem<Overview & { id: string }>('__motia.overview', 'default', 'overview')
  const { items, reload } = useList<Problem>('api/problems', {}, { limit: 1000 })
  const said = item ? JSON.stringify([item.problemCount, item.problems]) : null
  useEffect(() => {
    if (said !== null) reload()
  }, [said, reload])
  return items
}

/** The gravest of its file; null when all is well. What is no error keeps nothing from being served. */
export function faultOf(endpoint: Endpoint, problems: readonly Problem[]): Problem | null {
  const mine = problems.find((one) => one.severity === 'error' && one.filePath === endpoint.filePath)
  if (mine) return mine
  if (!endpoint.broken) return null
  return {
    severity: 'error',
    code: 'broken',
    message: endpoint.broken,
    filePath: endpoint.filePath ?? null,
    line: null,
    column: null,
    source: null,
    hint: null,
  }
}
