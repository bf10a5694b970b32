import theme from 'vitepress/theme-without-fonts';
import './style.css'; // oxlint-disable-line import/no-unassigned-import -- how Vite takes styles

export default theme;
