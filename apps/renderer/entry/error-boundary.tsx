import { Component, type ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { useText } from '../text/text-context.tsx';

interface Props {
  readonly children: ReactNode;
}

/** A view that fails says so and offers the way on; what is heard is kept by the host all the while. */
export class ErrorBoundary extends Component<Props, { readonly message: string | undefined }> {
  override state: { readonly message: string | undefined } = { message: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    return this.state.message === undefined ? this.props.children : <Failed message={this.state.message} />;
  }
}

function Failed({ message }: { readonly message: string }) {
  const { t } = useText();
  return (
    <main className="page-failed" role="alert">
      <h1>{t('failed.title')}</h1>
      <p>{t('failed.words')}</p>
      <p className="small second">{message}</p>
      <p>
        <Button tone="primary" onClick={() => location.reload()}>
          {t('failed.reload')}
        </Button>
      </p>
    </main>
  );
}
