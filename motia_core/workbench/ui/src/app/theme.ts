/** Dark, light, or as the system says; remembered. */
import { useEffect } from 'react'
import { kept, useKept } from '../design/useKept'

export type Theme = 'system' | 'dark' | 'light'

const NAME = 'theme'

/** Before the first paint. */
export function applyTheme(theme: Theme = kept<Theme>(NAME, 'system')): void {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset.theme
  else root.dataset.theme = theme
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useKept<Theme>(NAME, 'system')
  useEffect(() => applyTheme(theme), [theme])
  return [theme, setTheme]
}
