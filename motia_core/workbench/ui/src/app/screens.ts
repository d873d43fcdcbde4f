/** Every screen there is: where it lives, what it is called, which key leads to it. The first segments also stand in
 *  motia_core/workbench/assets.py. */
import {
  Activity,
  CalendarClock,
  Cpu,
  Database,
  GitFork,
  Globe,
  LayoutDashboard,
  ListOrdered,
  type LucideIcon,
  Radio,
  ScrollText,
} from 'lucide-react'
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

export interface ScreenEntry {
  /** First segment of its path. */
  id: string
  label: string
  icon: LucideIcon
  /** `g` and then this. */
  key: string
  testId: string
  /** As wouter has them; what is selected stands in the path or the query. */
  pattern: string
  component: LazyExoticComponent<ComponentType>
}

export const SCREENS: readonly ScreenEntry[] = [
  {
    id: 'overview',
    label: 'Overview',
    icon: LayoutDashboard,
    key: 'o',
    testId: 'overview-link',
    pattern: '/overview',
    component: lazy(() => import('../screens/overview')),
  },
  {
    id: 'flows',
    label: 'Flows',
    icon: GitFork,
    key: 'f',
    testId: 'flow-link',
    pattern: '/flows/:flow?',
    component: lazy(() => import('../screens/flows')),
  },
  {
    id: 'endpoints',
    label: 'Endpoints',
    icon: Globe,
    key: 'e',
    testId: 'endpoints-link',
    pattern: '/endpoints',
    component: lazy(() => import('../screens/endpoints')),
  },
  {
    id: 'traces',
    label: 'Traces',
    icon: Activity,
    key: 't',
    testId: 'tracing-link',
    pattern: '/traces/:id?',
    component: lazy(() => import('../screens/traces')),
  },
  {
    id: 'logs',
    label: 'Logs',
    icon: ScrollText,
    key: 'l',
    testId: 'logs-link',
    pattern: '/logs',
    component: lazy(() => import('../screens/logs')),
  },
  {
    id: 'state',
    label: 'State',
    icon: Database,
    key: 's',
    testId: 'states-link',
    pattern: '/state',
    component: lazy(() => import('../screens/state')),
  },
  {
    id: 'queues',
    label: 'Queues',
    icon: ListOrdered,
    key: 'q',
    testId: 'queues-link',
    pattern: '/queues/:step?',
    component: lazy(() => import('../screens/queues')),
  },
  {
    id: 'cron',
    label: 'Cron',
    icon: CalendarClock,
    key: 'c',
    testId: 'cron-link',
    pattern: '/cron',
    component: lazy(() => import('../screens/cron')),
  },
  {
    id: 'streams',
    label: 'Streams',
    icon: Radio,
    key: 'm',
    testId: 'streams-link',
    pattern: '/streams',
    component: lazy(() => import('../screens/streams')),
  },
  {
    id: 'workers',
    label: 'Workers',
    icon: Cpu,
    key: 'w',
    testId: 'workers-link',
    pattern: '/workers',
    component: lazy(() => import('../screens/workers')),
  },
]
