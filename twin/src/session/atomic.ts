/** Work that happens as a whole or not at all, in a transaction of its own when there is none. */
import { own } from "./own";
import type { Execution, Work } from "./runtime";

export function* atomically<T>(execution: Execution, work: () => Work<T>): Work<T> {
  const { transactions } = own(execution);
  const alone = transactions.beginStatement();
  const { transaction } = transactions;
  const { mark } = transaction;
  try {
    const result = yield* work();
    if (alone) transactions.endStatement("commit");
    return result;
  } catch (error) {
    if (transactions.isOpen && transactions.transaction === transaction) {
      if (alone) transactions.endStatement("rollback");
      else transaction.rollbackTo(mark);
    }
    throw error;
  }
}
