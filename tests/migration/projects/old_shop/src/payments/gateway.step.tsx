import { BaseNode, Button } from 'motia/workbench'

export default () => <BaseNode title="Payment gateway"><Button onClick={() => fetch('/webhook/payment', { method: 'POST' })}>Pay</Button></BaseNode>
