// webhook-handler.step.js
export default async function handleGitHubWebhook(event) {
  const { action, pull_request } = event.body;
  
  if (action === 'opened') {
    await event.emit('pr-opened', {
      prNumber: pull_request.number,
      repository: pull_request.base.repo.full_name,
      author: pull_request.user.login,
      title: pull_request.title
    });
  }
  
  return { status: 'processed' };
}
