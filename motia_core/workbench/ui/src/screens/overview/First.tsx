/** What a new project sees: a first step in each language, or the ways to run what is there. */
import { Globe, Sprout } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import { CopyButton, Notice, Tabs } from '../../design'
import css from './First.module.css'
import { FIRST_STEPS, type FirstStep } from './languages'

export function NoSteps() {
  const [shown, setShown] = useState('typescript')
  return (
    <div className={css.first} data-testid="no-steps">
      <Sprout size={28} aria-hidden className={css.icon} />
      <h2>No steps yet</h2>
      <p className={css.words}>
        A step is a file that says when it runs and what it does: an endpoint, an event, a schedule. Save this
        one in your project and it is served at once, without a restart.
      </p>
      <Tabs
        label="Language"
        value={shown}
        onChange={setShown}
        tabs={FIRST_STEPS.map((one) => ({
          id: one.language,
          label: one.label,
          content: <Snippet step={one} />,
        }))}
      />
    </div>
  )
}

function Snippet({ step }: { step: FirstStep }) {
  return (
    <figure className={css.snippet}>
      <figcaption className={css.caption}>
        <code>{step.file}</code>
        <CopyButton text={step.text} label="Copy the step" />
      </figcaption>
      <pre className={css.code}>{step.text}</pre>
    </figure>
  )
}

export function NothingRan() {
  return (
    <div className={css.hint}>
      <Notice icon={Globe} title="Nothing ran yet" testId="nothing-ran">
        See how your steps hang together in <Link href={to.flow()}>Flows</Link>, and call one from{' '}
        <Link href={to.endpoint()}>Endpoints</Link>. What it did is then in{' '}
        <Link href={to.traces()}>Traces</Link>.
      </Notice>
    </div>
  )
}
