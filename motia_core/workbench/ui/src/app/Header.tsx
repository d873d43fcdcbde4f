/** The bar above every screen: which project, is it well, where to look for something, how it looks, is it live. */
import { CircleHelp, LogOut, Monitor, Moon, Search, Sun } from 'lucide-react'
import { Link } from 'wouter'
import { type About, connection, type Overview, signOut, useLiveStatus } from '../data'
import {
  Button,
  Dot,
  format,
  IconButton,
  KeyHint,
  Menu,
  type MenuItem,
  Tooltip,
  toast,
  toneOf,
  useNow,
} from '../design'
import { to } from './address'
import css from './Header.module.css'
import { useHealth } from './overview'
import { type Theme, useTheme } from './theme'

interface HeaderProps {
  about?: About
  overview: Overview | null
  onSearch: () => void
  onHelp: () => void
}

export function Header({ about, overview, onSearch, onHelp }: HeaderProps) {
  return (
    <header className={css.header}>
      <Project about={about} overview={overview} />
      <button type="button" className={css.search} onClick={onSearch} data-testid="palette-open">
        <Search size={14} aria-hidden />
        <span className={css.searchWords}>Go to a step, endpoint, trace…</span>
        <KeyHint keys="mod k" />
      </button>
      <div className={css.end}>
        <LiveState />
        <ThemeMenu />
        <IconButton icon={CircleHelp} label="Keys" keys="?" onClick={onHelp} />
        {about && !about.isDev ? <SignOut /> : null}
      </div>
    </header>
  )
}

const SAYS: Record<string, string> = {
  ok: 'All is well',
  degraded: 'Something does not run: see the overview',
  failing: 'The store fails',
  draining: 'The server is ending',
  offline: 'The server does not answer',
  connecting: 'Connecting',
}

function Project({ about, overview }: { about?: About; overview: Overview | null }) {
  const health = useHealth(overview)
  return (
    <Tooltip text={`${SAYS[health] ?? health}${about ? ` · Motia ${about.version}` : ''}`}>
      <Link href={to.overview()} className={css.project} data-testid="project">
        <Dot tone={toneOf(health)} label={`Health: ${health}`} />
        <span className={css.projectName}>{about?.project ?? ''}</span>
        {about && !about.isDev ? <span className={css.mode}>start</span> : null}
      </Link>
    </Tooltip>
  )
}

function LiveState() {
  const { state, retryAt } = useLiveStatus()
  const now = useNow()
  if (state === 'offline') {
    const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000))
    return (
      <span className={css.offline} role="status" data-testid="live-state" data-state="offline">
        <Dot tone="fail" />
        Offline: {seconds > 0 ? `retrying in ${format.duration(seconds * 1000)}` : 'retrying'}
        <Button small onClick={() => connection.retry()}>
          Retry now
        </Button>
      </span>
    )
  }
  const isLive = state === 'live'
  return (
    <span className={css.live} role="status" data-testid="live-state" data-state={state}>
      <Dot tone={isLive ? 'ok' : 'running'} pulses={!isLive} />
      {isLive ? 'Live' : 'Connecting'}
    </span>
  )
}

const THEMES: { theme: Theme; label: string; icon: typeof Sun }[] = [
  { theme: 'system', label: 'As the system', icon: Monitor },
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'dark', label: 'Dark', icon: Moon },
]

function ThemeMenu() {
  const [theme, setTheme] = useTheme()
  const items: MenuItem[] = THEMES.map((one) => ({
    label: one.label,
    icon: one.icon,
    isOn: one.theme === theme,
    onSelect: () => setTheme(one.theme),
    testId: `theme-${one.theme}`,
  }))
  const Icon = THEMES.find((one) => one.theme === theme)?.icon ?? Monitor
  return (
    <Menu items={items}>
      <Button tone="quiet" icon={Icon} aria-label="Theme" className={css.square} data-testid="theme" />
    </Menu>
  )
}

function SignOut() {
  const leave = () => {
    signOut().then(
      () => connection.renew(),
      () => toast.fail('Not signed out', 'The server does not answer: close the browser to end the session.'),
    )
  }
  return <IconButton icon={LogOut} label="Sign out" onClick={leave} data-testid="sign-out" />
}
