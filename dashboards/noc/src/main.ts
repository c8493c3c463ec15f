// First: what comes after reads it.
import './no-eval.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/header.css';
import './styles/hero.css';
import './styles/board.css';
import './styles/alerts.css';
import './styles/table.css';
import './styles/pipeline.css';
import './styles/stale.css';
import './styles/phone.css';
import './styles/wall.css';
import { render } from 'lit';
import { App } from './app.ts';
import './charts/alert-chart.ts';
import { page } from './views/page.ts';

const root = document.getElementById('app');
if (!root) throw new Error('index.html has no #app');

const app: App = new App(() => {
  const { theme, wall } = app.choices;
  const { dataset } = document.documentElement;
  dataset.theme = theme;
  dataset.wall = String(wall);
  app.wantDays();
  const open = app.alerts.open.length;
  document.title = open > 0 ? `(${open}) Seamwatch` : 'Seamwatch';
  render(page(app), root);
});
