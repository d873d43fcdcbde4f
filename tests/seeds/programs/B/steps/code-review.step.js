// code-review.step.js
export default async function autoCodeReview(event) {
  if (event.topic !== 'pr-opened') return;
  
  const { prNumber, repository } = event.data;
  
  // GitHub API를 통해 PR 정보 가져오기
  const prDiff = await fetchPRDiff(repository, prNumber);
  
  // AI 기반 코드 리뷰 수행
  const reviewComments = await performAIReview(prDiff);
  
  // GitHub에 리뷰 코멘트 작성
  await postReviewComments(repository, prNumber, reviewComments);
  
  // 리뷰 완료 이벤트 발행
  await event.emit('review-completed', {
    prNumber,
    repository,
    reviewScore: reviewComments.score
  });
}
