/** Keeps a fault of one screen to that screen, and offers to try again. */
import { Component, type ReactNode } from 'react'
import { Button, Empty } from '../design'

interface BoundaryProps {
  /** Changes when another screen is shown. */
  name: string
  children: ReactNode
}

export class Boundary extends Component<BoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override componentDidUpdate(before: BoundaryProps) {
    if (before.name !== this.props.name && this.state.error) this.setState({ error: null })
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    // A newer build has taken the place of the files this page would load.
    const isOld = /dynamically imported module|module script/i.test(error.message)
    return (
      <Empty
        title={isOld ? 'The workbench was built anew' : 'This screen met a fault of its own'}
        action={
          <Button tone="primary" onClick={() => (isOld ? location.reload() : this.setState({ error: null }))}>
            {isOld ? 'Load the page anew' : 'Try again'}
          </Button>
        }
      >
        {isOld ? 'Its parts have new names; the page has to be loaded again to find them.' : error.message}
      </Empty>
    )
  }
}
