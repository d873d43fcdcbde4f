/** The shell: header, rail, and the screen the address names. */
import { QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { Redirect, Route, Router, Switch, useLocation } from 'wouter'
import { client, type Overview, useSignInNeeded } from '../data'
import { Button, Confirmations, Empty, Skeleton, Toasts, TooltipProvider } from '../design'
import css from './App.module.css'
import { BASE, useGo } from './address'
import { Boundary } from './Boundary'
import { Header } from './Header'
import { useKeys } from './keys'
import { useAbout, useOverview } from './overview'
import { Rail } from './Rail'
import { SignIn } from './SignIn'
import { SCREENS } from './screens'
import { useTheme } from './theme'
import { useNoted } from './trends'

const Palette = lazy(() => import('./Palette'))
const Keys = lazy(() => import('./Keys'))

export function App() {
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider delayDuration={400} skipDelayDuration={200}>
        <Router base={BASE}>
          <Door />
          <Confirmations />
          <Toasts />
        </Router>
      </TooltipProvider>
    </QueryClientProvider>
  )
}

function Door() {
  useTheme()
  return useSignInNeeded() ? <SignIn /> : <Shell />
}

function Shell() {
  const [path] = useLocation()
  const current = path.split('/')[1] ?? ''
  const about = useAbout()
  const { item: overview } = useOverview()
  useNoted(overview && rates(overview))
  const [shown, setShown] = useState<'palette' | 'keys' | null>(null)
  const palette = useCallback(() => setShown('palette'), [])
  const help = useCallback(() => setShown('keys'), [])
  const close = useCallback(() => setShown(null), [])
  useKeys({ palette, help })
  const label = SCREENS.find((one) => one.id === current)?.label
  useEffect(() => {
    document.title = [label, about?.project, 'Motia'].filter(Boolean).join(' · ')
  }, [label, about?.project])
  return (
    <div className={css.shell}>
      <button type="button" className={css.skip} onClick={skip}>
        Skip to the screen
      </button>
      <Header about={about} overview={overview} onSearch={palette} onHelp={help} />
      <div className={css.below}>
        <Rail current={current} overview={overview} />
        <main id="screen" className={css.screen} tabIndex={-1}>
          <Boundary name={current}>
            <Suspense fallback={<Skeleton rows={8} />}>
              <Screens />
            </Suspense>
          </Boundary>
        </main>
      </div>
      <Suspense fallback={null}>
        {shown === 'palette' ? <Palette onClose={close} /> : null}
        {shown === 'keys' ? <Keys onClose={close} /> : null}
      </Suspense>
    </div>
  )
}

/** Noted on every screen, so that the overview can show how they went. */
function rates({ rates: { runsPerMinute, failuresPerMinute } }: Overview): Record<string, number> {
  return { runs: runsPerMinute, failures: failuresPerMinute }
}

/** For those who go by Tab: past the header and the rail. */
function skip(): void {
  document.getElementById('screen')?.focus()
}

function Screens() {
  return (
    <Switch>
      {SCREENS.map((one) => (
        <Route key={one.id} path={one.pattern} component={one.component} />
      ))}
      <Route path="/">
        <Redirect to="/overview" replace />
      </Route>
      <Route>
        <NoScreen />
      </Route>
    </Switch>
  )
}

function NoScreen() {
  const go = useGo()
  return (
    <Empty
      title="There is no such screen"
      action={<Button onClick={() => go('/overview')}>To the overview</Button>}
    >
      The address may have been mistyped, or come from another version of the workbench.
    </Empty>
  )
}
