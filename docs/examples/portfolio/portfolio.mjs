// A service for `rxfan events api`, `rxfan events consume` and `rxfan up`: a module that exports it by default.
//
//   cd docs/examples/portfolio && EVENTS_TRANSPORT=memory npx rxfan up
//   npx rxfan submit portfolio.create --data '{"id":"p1","title":"Savings"}' --wait
import * as t from 'io-ts';
import { createAppliedIds, defineCommand, defineEvent, RefusedError } from 'rxfan';

const Id = t.strict({ id: t.string });

/** What can be ordered. A command has one handler, and gives nothing back but how it ended. */
export const CreatePortfolio = defineCommand(
  'portfolio.create',
  t.strict({ id: t.string, title: t.string }, 'a portfolio to create'),
);
export const RevaluePortfolio = defineCommand(
  'portfolio.revalue',
  t.strict({ id: t.string, value: t.number }, 'a value of a portfolio'),
);
export const DeletePortfolio = defineCommand('portfolio.delete', Id);

/** What is told to whoever wants to know. */
export const PortfolioCreated = defineEvent('portfolio.created', t.strict({ id: t.string, title: t.string }));
export const PortfolioRevalued = defineEvent('portfolio.revalued', t.strict({ id: t.string, value: t.number }));
export const PortfolioDeleted = defineEvent('portfolio.deleted', Id);

/** A service, its write side and the view that its events feed, both in memory: a real one has a database. */
export function createPortfolioService() {
  const titles = new Map();
  const view = new Map();
  const applied = createAppliedIds();

  const known = ({ id }) => {
    if (!titles.has(id)) throw new RefusedError('portfolio', `there is no portfolio ${id}`);
  };
  // Every handler of the view ends by saying what it has applied: see waitUntilApplied.
  const apply =
    (change) =>
    (data, { message }) => {
      change(data);
      applied.applied(message.correlationId);
    };

  return {
    name: 'portfolio',
    messages: [
      ...[CreatePortfolio, RevaluePortfolio, DeletePortfolio],
      ...[PortfolioCreated, PortfolioRevalued, PortfolioDeleted],
    ],
    view,
    applied,
    attach(bus) {
      bus.handle(CreatePortfolio, {
        handle({ id, title }, context) {
          if (titles.has(id)) throw new RefusedError('portfolio', `there is a portfolio ${id} already`);
          titles.set(id, title);
          return context.publish(PortfolioCreated, { id, title });
        },
      });
      bus.handle(RevaluePortfolio, {
        handle(data, context) {
          known(data);
          return context.publish(PortfolioRevalued, data);
        },
      });
      bus.handle(DeletePortfolio, {
        handle(data, context) {
          known(data);
          titles.delete(data.id);
          return context.publish(PortfolioDeleted, data);
        },
      });

      bus.on(PortfolioCreated, { id: 'view', handle: apply(({ id, title }) => view.set(id, { title, value: 0 })) });
      bus.on(PortfolioRevalued, {
        id: 'view',
        handle: apply(({ id, value }) => view.has(id) && view.set(id, { ...view.get(id), value })),
      });
      bus.on(PortfolioDeleted, { id: 'view', handle: apply(({ id }) => view.delete(id)) });
    },
  };
}

export default createPortfolioService();
