// Orders to arm and to snooze: what is silent now, and the button that changes it.
import { make, page, siteMoment, text, word, write } from './page.js';

const HALF_HOUR = 30;

/** What silences a camera's rules, one line for each order. */
export function orderLines(orders) {
  return orders.map((order) => {
    const kinds = order.kinds.map((kind) => word('kinds', kind)).join(', ');
    const until = order.until ? siteMoment(order.until) : '';
    const place = order.zone ? ` · ${order.zone}` : order.camera ? '' : ` · ${text().siteOrders}`;
    return make('p', { className: 'order', title: kinds },
      make('span', { className: 'mark', 'aria-hidden': 'true' }, '⏸'),
      text().silenced(word('orders', order.action), until, order.actor), place);
  });
}

/**
 * Snoozes what is armed, arms what is silent; nothing where no token is configured.
 *
 * @param scope what the order is about: `{}` or `{ camera }`
 * @param done called with the orders that stand, `refused` with what went wrong
 */
export function orderButton(scope, isSilent, done, refused) {
  if (!page.site.canAcknowledge) return null;
  const order = isSilent ? { action: 'arm', ...scope } : { action: 'snooze', minutes: HALF_HOUR, ...scope };
  const button = make('button', { type: 'button', className: 'plain order-button', dataset: { order: order.action } },
    isSilent ? text().arm : text().snoozeHalfHour);
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      const answer = await write('/api/arming', order, text().tokenWhyOrder);
      if (answer) done(answer.orders);
    } catch (error) {
      refused(error);
    } finally {
      button.disabled = false;
    }
  });
  return button;
}
