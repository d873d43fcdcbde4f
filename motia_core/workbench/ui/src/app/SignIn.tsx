/** Asks for the admin token. It goes out in one request and is forgotten; what stays is a cookie no script can read. */
import { type FormEvent, useState } from 'react'
import { ApiError, client, connection, signIn } from '../data'
import { Button, Field, Input } from '../design'
import css from './SignIn.module.css'

export function SignIn() {
  const [token, setToken] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const enter = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await signIn(token.trim())
      await client.resetQueries()
      connection.renew()
    } catch (problem) {
      setError(words(problem))
    } finally {
      setToken('')
      setBusy(false)
    }
  }
  return (
    <main className={css.page}>
      <form className={css.form} onSubmit={enter} data-testid="sign-in">
        <h1>Motia workbench</h1>
        <p className={css.words}>This server shows its insides to whoever holds its admin token.</p>
        <Field label="Admin token" error={error} hint={<Where />}>
          {(ids) => (
            <Input
              {...ids}
              type="password"
              name="token"
              autoComplete="current-password"
              autoFocus
              required
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" tone="primary" busy={isBusy}>
          Sign in
        </Button>
      </form>
    </main>
  )
}

function Where() {
  return (
    <>
      It is what <code>MOTIA_ADMIN_TOKEN</code> says, or what the server printed when it started.
    </>
  )
}

function words(problem: unknown): string {
  if (!(problem instanceof ApiError)) return String(problem)
  if (problem.status === 401) return 'This is not the token of this server.'
  if (problem.status === 429) return 'Too many tries: wait a minute.'
  return `${problem.message}. ${problem.hint}`
}
