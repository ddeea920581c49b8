// How far apart two shares of the same number of trials must be before chance is an unlikely cause: the chi-squared test of two proportions
// with Yates's correction (F. Yates, J. R. Stat. Soc. Suppl. 1, 1934), solved for the difference. Two lanes see the same test samples, which
// makes their results alike and this test cautious: it may miss a difference, but names none that is not there more often than it says.

/** The standard normal's 0.975 quantile: 5 % of all chances, in both directions. */
const twoSidedFivePercent = 1.959963984540054;

/** The difference from which on two shares of `count` trials each differ at the 5 % level. */
export function chanceMargin(a: number, b: number, count: number): number {
  const pooled = (a + b) / 2;
  return twoSidedFivePercent * Math.sqrt((pooled * (1 - pooled) * 2) / count) + 1 / count;
}
