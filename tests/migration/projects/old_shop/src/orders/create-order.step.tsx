import React from 'react'
import { ApiNode, type ApiNodeProps } from 'motia/workbench'

export const Node: React.FC<ApiNodeProps> = (props) => (
  <ApiNode {...props}>
    <b>Orders come in here</b>
  </ApiNode>
)
export default Node
