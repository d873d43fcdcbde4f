import { workbenchXPath, type TutorialStep } from '@motiadev/workbench'

export const steps: TutorialStep[] = [
  { title: 'Welcome', description: () => <p>This is the shop</p>, before: [{ type: 'click', selector: workbenchXPath.closePanelButton }] },
]
